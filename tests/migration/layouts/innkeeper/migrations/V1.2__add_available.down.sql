-- innkeeper: lint-ignore drop-column the release before this one does not read it
alter table menu drop column available;
