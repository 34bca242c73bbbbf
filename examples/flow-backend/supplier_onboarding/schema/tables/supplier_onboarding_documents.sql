-- The files themselves lie in object storage.
CREATE TABLE IF NOT EXISTS supplier_onboarding_documents (
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    application_id   uuid NOT NULL,
    requirement_code text NOT NULL,
    storage_key      text NOT NULL,
    content_hash     bytea NOT NULL,         -- SHA-256
    status           supplier_onboarding_document_status NOT NULL DEFAULT 'uploaded',
    expires_on       date,
    uploaded_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_onboarding_documents_pk PRIMARY KEY (id),
    CONSTRAINT supplier_onboarding_documents_storage_key_key UNIQUE (storage_key),
    CONSTRAINT supplier_onboarding_documents_content_hash_check CHECK (octet_length(content_hash) = 32)
);
