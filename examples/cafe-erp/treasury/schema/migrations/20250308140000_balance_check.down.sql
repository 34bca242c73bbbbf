DROP TRIGGER journal_lines_balance ON journal_lines;
DROP TRIGGER journal_entries_balance ON journal_entries;
DROP FUNCTION treasury_line_changed();
DROP FUNCTION treasury_entry_changed();
DROP FUNCTION treasury_check_balance(bigint);
