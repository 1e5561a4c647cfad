-- The whole schema, for SQLite and PostgreSQL alike. BYTES stands for BLOB or BYTEA.
-- Ids are UUIDv7 texts; times are Unix milliseconds; days are `YYYY-MM-DD` in the tenant's time zone; truth values are 0 and 1;
-- money is integer cents. Child rows carry `tenant_id` and refer to (tenant_id, id), so that no link can cross tenants.

CREATE TABLE tenant (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  public_key TEXT NOT NULL UNIQUE,
  chat_enabled BIGINT NOT NULL CHECK (chat_enabled IN (0, 1)),
  active BIGINT NOT NULL CHECK (active IN (0, 1)),
  color_primary TEXT NOT NULL,
  color_secondary TEXT NOT NULL,
  color_accent TEXT NOT NULL,
  color_background TEXT NOT NULL,
  font TEXT NOT NULL,
  logo_asset_id TEXT,
  -- A JSON list of origins that may embed the widget.
  widget_origins TEXT NOT NULL,
  -- A JSON object of colours and font that the assistant proposed and nobody published yet.
  branding_draft TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- "user" is a reserved word of PostgreSQL.
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('TENANT_ADMIN', 'PLATFORM_ADMIN')),
  tenant_id TEXT REFERENCES tenant (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK ((role = 'TENANT_ADMIN') = (tenant_id IS NOT NULL))
);

CREATE TABLE refresh_token (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id),
  family TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX refresh_token_family ON refresh_token (family);

CREATE TABLE asset (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  kind TEXT NOT NULL CHECK (kind IN ('logo', 'photo')),
  content BYTES NOT NULL,
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (tenant_id, id)
);

CREATE TABLE package (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  price_cents BIGINT NOT NULL CHECK (price_cents BETWEEN 0 AND 99999999),
  photo_asset_id TEXT,
  active BIGINT NOT NULL CHECK (active IN (0, 1)),
  sort_order BIGINT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (tenant_id, slug),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, photo_asset_id) REFERENCES asset (tenant_id, id)
);

CREATE TABLE customer (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX customer_email ON customer (tenant_id, lower(email));

CREATE TABLE booking (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  package_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  event_date TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'fulfilled', 'cancelled')),
  price_cents BIGINT NOT NULL CHECK (price_cents BETWEEN 0 AND 99999999),
  notes TEXT,
  source TEXT NOT NULL CHECK (source IN ('tenant', 'chat')),
  cancelled_at BIGINT,
  cancel_reason TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, package_id) REFERENCES package (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
);
-- The last guard against a double booking; a cancelled one frees its date.
CREATE UNIQUE INDEX booking_live_date ON booking (tenant_id, event_date) WHERE status <> 'cancelled';
CREATE INDEX booking_package ON booking (tenant_id, package_id);

CREATE TABLE blackout (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  day TEXT NOT NULL,
  reason TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, day)
);

CREATE TABLE landing_page (
  tenant_id TEXT PRIMARY KEY REFERENCES tenant (id),
  published TEXT,
  draft TEXT,
  version BIGINT NOT NULL,
  draft_updated_at BIGINT,
  published_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE agent_session (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  kind TEXT NOT NULL CHECK (kind IN ('admin', 'customer')),
  account_id TEXT REFERENCES account (id),
  visitor_hash TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (tenant_id, id),
  CHECK ((kind = 'admin') = (account_id IS NOT NULL)),
  CHECK ((kind = 'customer') = (visitor_hash IS NOT NULL))
);
CREATE INDEX agent_session_recent ON agent_session (tenant_id, updated_at);

CREATE TABLE agent_message (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  author TEXT NOT NULL CHECK (author IN ('user', 'assistant')),
  text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (session_id, seq),
  FOREIGN KEY (tenant_id, session_id) REFERENCES agent_session (tenant_id, id)
);

CREATE TABLE proposal (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  tool TEXT NOT NULL,
  tier TEXT NOT NULL CHECK (tier IN ('T1', 'T2', 'T3')),
  reason TEXT NOT NULL,
  payload TEXT NOT NULL,
  preview TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'executing', 'executed', 'failed', 'rejected', 'expired')),
  expires_at BIGINT NOT NULL,
  decided_at BIGINT,
  finished_at BIGINT,
  result TEXT,
  error_code TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES agent_session (tenant_id, id)
);
CREATE INDEX proposal_state ON proposal (tenant_id, state);
CREATE INDEX proposal_expiry ON proposal (expires_at);

CREATE TABLE audit_log (
  id TEXT PRIMARY KEY,
  tenant_id TEXT,
  actor TEXT NOT NULL,
  on_behalf_of TEXT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  request_id TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE idempotency_key (
  tenant_id TEXT NOT NULL REFERENCES tenant (id),
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status BIGINT,
  response TEXT,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (tenant_id, key)
);
