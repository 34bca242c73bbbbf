drop view menu_board;
