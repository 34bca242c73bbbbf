-- How to make a database like $1: encoding and locale, by whichever provider. Columns that a major lacks are NULL.
SELECT format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate,
              d.datctype)
       || CASE to_jsonb(d) ->> 'datlocprovider'
            WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L',
                                 coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
                          || coalesce(format(' ICU_RULES %L', to_jsonb(d) ->> 'daticurules'), '')
            WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', to_jsonb(d) ->> 'datlocale')
            ELSE ''
          END
FROM pg_catalog.pg_database AS d
WHERE d.datname = $1;
