CREATE TABLE IF NOT EXISTS inventory_quality_checks (
    id             bigint GENERATED ALWAYS AS IDENTITY,
    cylinder_id    uuid NOT NULL,
    inspector_id   uuid NOT NULL,
    result         inventory_check_result NOT NULL,
    purity_percent numeric(5, 2),
    pressure_bar   numeric(6, 2),
    findings       jsonb NOT NULL DEFAULT '[]',
    checked_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_quality_checks_pk PRIMARY KEY (id),
    CONSTRAINT inventory_quality_checks_purity_percent_check CHECK (purity_percent BETWEEN 0 AND 100),
    CONSTRAINT inventory_quality_checks_pressure_bar_check CHECK (pressure_bar BETWEEN 0 AND 400),
    CONSTRAINT inventory_quality_checks_findings_check CHECK (jsonb_typeof(findings) = 'array')
);
