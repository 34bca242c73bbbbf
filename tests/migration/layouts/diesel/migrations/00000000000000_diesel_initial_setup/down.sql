select 1 as nothing_but_the_setup;
