do $$ begin
  create type dish_kind as enum ('drink', 'food');
exception when duplicate_object or unique_violation then null;
end $$;
