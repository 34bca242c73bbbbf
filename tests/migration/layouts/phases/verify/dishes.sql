select id from dishes where guest_id is null and false;
