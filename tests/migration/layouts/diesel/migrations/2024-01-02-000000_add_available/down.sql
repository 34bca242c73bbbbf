alter table menu drop column available;
