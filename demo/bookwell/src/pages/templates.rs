//! The templates, compiled once. What they print is escaped by their names' ending.

use minijinja::{Environment, Error, Value};

use super::assets::Assets;

/// All templates, ready to be filled.
#[derive(Debug)]
pub(crate) struct Templates(Environment<'static>);

impl Templates {
    pub(crate) fn new(assets: &Assets) -> Self {
        let mut environment = Environment::new();
        for (name, source) in SOURCES {
            environment
                .add_template(name, source)
                .expect("the templates are part of the program, and a test compiles each");
        }
        let paths: Vec<_> = (ASSETS.iter())
            .filter_map(|name| Some((*name, assets.path(name)?)))
            .collect();
        environment.add_function("asset", move |name: &str| {
            let path = paths.iter().find(|(known, _)| *known == name);
            // Letters, digits and hyphens of ours: there is nothing to escape.
            path.map(|(_, path)| Value::from_safe_string(path.clone()))
        });
        Self(environment)
    }

    pub(crate) fn render(&self, name: &str, context: Value) -> Result<String, Error> {
        self.0.get_template(name)?.render(context)
    }
}

const ASSETS: &[&str] = &[
    "acting.js",
    "app.js",
    "icon.svg",
    "storefront.css",
    "style.css",
];

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../pages/templates/", $name)))),*]
    };
}

const SOURCES: &[(&str, &str)] = templates![
    "base.html",
    "blackouts.html",
    "bookings.html",
    "branding.html",
    "dashboard.html",
    "error.html",
    "error_framed.html",
    "icons.html",
    "landing_page.html",
    "packages.html",
    "parts.html",
    "preview.html",
    "sections.html",
    "shell.html",
    "sign_in.html",
    "storefront.html",
    "tenants.html",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiles_and_escapes() {
        let templates = Templates::new(&Assets::new());
        assert_eq!(templates.0.templates().count(), SOURCES.len());
        // The ending of the name is what makes minijinja escape.
        assert!(
            SOURCES
                .iter()
                .all(|(name, _)| name.split('.').nth(1) == Some("html"))
        );
    }

    #[test]
    fn no_template_switches_escaping_off_or_has_script_or_style_inside() {
        for (name, source) in SOURCES {
            for hole in [
                "|safe",
                "| safe",
                "autoescape",
                "<style",
                " style=",
                " onclick=",
                "javascript:",
            ] {
                assert!(!source.contains(hole), "{name} has {hole}");
            }
            for script in source.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{name} has an inline script");
            }
        }
    }

    #[test]
    fn every_asset_that_a_template_names_exists() {
        let assets = Assets::new();
        for name in ASSETS {
            assert!(assets.path(name).is_some(), "{name}");
        }
        for (template, source) in SOURCES {
            for call in source.split("asset(\"").skip(1) {
                let name = call.split('"').next().unwrap();
                assert!(ASSETS.contains(&name), "{template} names {name}");
            }
        }
    }
}
