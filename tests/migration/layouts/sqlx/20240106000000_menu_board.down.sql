-- Add down migration script here
drop view menu_board;
