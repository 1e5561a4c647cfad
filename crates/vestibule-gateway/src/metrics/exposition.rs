//! The snapshot as `OpenMetrics` text, with the names of the metrics reference.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabelSet, EncodeMetric, NoLabelSet, text,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use vestibule_session::Reason;

use super::{RequestLabels, Snapshot};
use crate::policy::csrf::Foreign;
use crate::proxy_protocol;
use crate::refusal::NO_BACKEND_TOKEN;
use crate::respond;
use crate::tls;

/// What the process as a whole adds to the counts of its cores.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) reload_successful: bool,
    pub(crate) reload_second: u64,
    pub(crate) dangers: u64,
    /// Of what the program was built from.
    pub(crate) commit: &'static str,
}

/// Writes everything.
pub(crate) fn exposition(snapshot: Snapshot, process: Process) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("vestibule");
    registry.register_collector(Box::new(Exposition { snapshot, process }));
    let mut text = String::new();
    text::encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Exposition {
    snapshot: Snapshot,
    process: Process,
}

impl Collector for Exposition {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Self { snapshot, process } = self;
        let mut write = Writer(&mut encoder);
        write.info(process.commit)?;
        write.requests(snapshot)?;
        write.durations(snapshot)?;
        write.sessions(snapshot)?;
        write.counter("cache_hits", "Sessions found opened", snapshot.cache_hits)?;
        write.counter(
            "cache_misses",
            "Sessions not found opened",
            snapshot.cache_misses,
        )?;
        write.gauge(
            "cache_entries",
            "Opened sessions remembered",
            snapshot.cache_entries,
        )?;
        write.upstreams(snapshot)?;
        write.handshakes(snapshot)?;
        write.proxy_headers(snapshot)?;
        write.foreign(snapshot)?;
        write.gauge(
            "connections_open",
            "Client connections",
            snapshot.connections,
        )?;
        write.gauges(
            "streams_open",
            "Streams that outlive a request, by kind",
            [([("kind", "websocket")], snapshot.tunnels)],
        )?;
        write.gauge(
            "config_last_reload_successful",
            "1 if the configuration that was last read is the one in use",
            process.reload_successful.into(),
        )?;
        write.gauge(
            "config_last_reload_timestamp_seconds",
            "When the configuration in use was read",
            process.reload_second,
        )?;
        write.gauge(
            "danger_settings",
            "Weakening switches that are on",
            process.dangers,
        )
    }
}

struct Writer<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Writer<'_, '_> {
    fn info(&mut self, commit: &str) -> fmt::Result {
        let labels = [("version", env!("CARGO_PKG_VERSION")), ("commit", commit)];
        self.gauges("build_info", "What runs", [(labels, 1)])
    }

    /// Every reason has a series from the start, so that alerts do not miss the first event.
    fn requests(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let counted = snapshot.requests.iter().map(|(labels, count)| {
            let status = labels.status.to_string();
            (
                labels.route.to_string(),
                labels.method,
                status,
                labels.reason,
                *count,
            )
        });
        let known = snapshot.expected.iter().flat_map(|(route, method)| {
            respond::CODES.iter().map(|(reason, status)| RequestLabels {
                route: Arc::clone(route),
                method,
                status: *status,
                reason,
            })
        });
        let unseen = known.filter(|labels| !snapshot.requests.contains_key(labels));
        let unseen = unseen.map(|labels| {
            let status = labels.status.to_string();
            (
                labels.route.to_string(),
                labels.method,
                status,
                labels.reason,
                0,
            )
        });
        let lines = counted.chain(unseen);
        let series = lines.map(|(route, method, status, reason, count)| {
            let labels = vec![
                ("route", route),
                ("method", method.to_owned()),
                ("status", status),
                ("reason", reason.to_owned()),
            ];
            (labels, count)
        });
        self.counters(
            "http_requests",
            "Requests answered, by route, status and reason",
            series,
        )
    }

    fn durations(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let mut family = self.0.encode_descriptor(
            "http_request_duration",
            "From the head of the request to the end of the response",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        for (route, histogram) in &snapshot.durations {
            let labels = [("route", route.to_string())];
            family
                .encode_family(&labels)?
                .encode_histogram::<NoLabelSet>(
                    histogram.seconds(),
                    histogram.count(),
                    &histogram.buckets(),
                    None,
                )?;
        }
        Ok(())
    }

    fn sessions(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let opened = ([("outcome", "ok"), ("cause", "")], snapshot.sessions_opened);
        let reasons = Reason::ALL
            .iter()
            .map(|reason| (reason.outcome(), reason.code()));
        // The one cause that is the route's: the session is good and lacks what the route needs of it.
        let causes = reasons.chain([(Reason::ClaimInvalid.outcome(), NO_BACKEND_TOKEN)]);
        let failed = causes.map(|(outcome, cause)| {
            let count = snapshot.sessions_failed.get(cause).copied();
            ([("outcome", outcome), ("cause", cause)], count.unwrap_or(0))
        });
        let help = "Requests whose session was looked for, by what came of it";
        self.counters("sessions", help, [opened].into_iter().chain(failed))
    }

    fn upstreams(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let answered = snapshot.upstreams.iter().map(|((name, outcome), count)| {
            let labels = [
                ("upstream", name.to_string()),
                ("outcome", (*outcome).to_owned()),
            ];
            (labels, *count)
        });
        self.counters("upstream_requests", "Requests sent to upstreams", answered)?;
        let idle = snapshot.idle_connections.iter().map(|(name, count)| {
            (
                [("upstream", name.to_string()), ("state", "idle".to_owned())],
                *count,
            )
        });
        self.gauges(
            "upstream_connections",
            "Connections to upstreams, by state",
            idle,
        )
    }

    fn handshakes(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let outcomes = tls::OUTCOMES.into_iter().map(|outcome| {
            let count = snapshot.handshakes.get(outcome).copied();
            ([("outcome", outcome)], count.unwrap_or(0))
        });
        self.counters(
            "tls_handshakes",
            "TLS handshakes, by what came of them",
            outcomes,
        )
    }

    fn proxy_headers(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let outcomes = proxy_protocol::OUTCOMES.into_iter().map(|outcome| {
            let count = snapshot.proxy_headers.get(outcome).copied();
            ([("outcome", outcome)], count.unwrap_or(0))
        });
        self.counters(
            "proxy_headers",
            "PROXY headers waited for, by what came of them",
            outcomes,
        )
    }

    fn foreign(&mut self, snapshot: &Snapshot) -> fmt::Result {
        let outcomes = ["passed", "refused"].into_iter();
        let series = outcomes.flat_map(|outcome| {
            Foreign::ALL.iter().map(move |foreign| {
                let cause = foreign.cause();
                let count = snapshot.foreign.get(&(outcome, cause)).copied();
                let labels = [("outcome", outcome), ("cause", cause)];
                (labels, count.unwrap_or(0))
            })
        });
        let help = "Requests that another site may have caused, by what was done about them";
        self.counters("csrf_requests", help, series)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(value).encode(metric)
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(value).encode(metric)
    }

    fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut family = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, value) in series {
            ConstCounter::new(value).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn gauges<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut family = self
            .0
            .encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, value) in series {
            ConstGauge::new(value).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
