/* A block; /* in a block; */ still; */
select 1 /* ; */ + /* -- */ 2; -- ; and a word
select 3 -- no semicolon here ;
  , 4;
-- nothing; but a comment
;
;; ; /**/ ;
select 5/*/**/*/;select 6--;
;select 7 /*! ; */
-- the last line has no end;