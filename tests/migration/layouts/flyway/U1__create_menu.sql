drop table menu;
