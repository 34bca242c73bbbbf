INSERT INTO accounts (code, name, kind)
VALUES ('1000', 'Cash', 'asset'), ('1200', 'Bank', 'asset'), ('1400', 'Receivables', 'asset'),
       ('3300', 'Payables', 'liability'), ('2000', 'Equity', 'equity'),
       ('4000', 'Sales', 'income'), ('5000', 'Goods', 'expense'), ('6000', 'Wages', 'expense')
ON CONFLICT (code) DO NOTHING;
