-- Double entry: every entry's lines sum up to zero in each currency, debits positive. The next migration sees to it.
CREATE TABLE journal_entries (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    number      uuid NOT NULL DEFAULT gen_random_uuid(),
    booked_on   date NOT NULL,
    description text NOT NULL,
    source      jsonb NOT NULL DEFAULT '{}',   -- the document behind it
    reversal_of bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT journal_entries_pk PRIMARY KEY (id),
    CONSTRAINT journal_entries_number_key UNIQUE (number),
    CONSTRAINT journal_entries_reversal_of_key UNIQUE (reversal_of),
    CONSTRAINT journal_entries_reversal_of_fk FOREIGN KEY (reversal_of) REFERENCES journal_entries (id),
    CONSTRAINT journal_entries_description_check CHECK (description <> '' AND length(description) <= 500),
    CONSTRAINT journal_entries_source_check CHECK (jsonb_typeof(source) = 'object'),
    CONSTRAINT journal_entries_reversal_check CHECK (reversal_of <> id)
);
CREATE INDEX journal_entries_booked_on_idx ON journal_entries (booked_on, id);

CREATE TABLE journal_lines (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    entry_id   bigint NOT NULL,
    line_no    smallint NOT NULL,
    account_id bigint NOT NULL,
    amount     numeric(18, 2) NOT NULL,
    memo       text,
    CONSTRAINT journal_lines_pk PRIMARY KEY (id),
    CONSTRAINT journal_lines_entry_line_key UNIQUE (entry_id, line_no),
    CONSTRAINT journal_lines_entry_fk FOREIGN KEY (entry_id) REFERENCES journal_entries (id) ON DELETE CASCADE,
    CONSTRAINT journal_lines_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT journal_lines_line_no_check CHECK (line_no > 0),
    CONSTRAINT journal_lines_amount_check CHECK (amount <> 0),
    CONSTRAINT journal_lines_memo_check CHECK (length(memo) <= 500)
);
CREATE INDEX journal_lines_account_id_idx ON journal_lines (account_id, entry_id);
