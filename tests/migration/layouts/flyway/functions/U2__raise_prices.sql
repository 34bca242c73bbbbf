drop function raise_prices(numeric);
