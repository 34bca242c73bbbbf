#pragma once
// Everything that the store says to PostgreSQL. Each is one statement and one round trip.
#include <innkeeper/statement.h>

namespace checkout::statements {

extern const innkeeper::statement record;
extern const innkeeper::statement advance;
extern const innkeeper::statement now;
extern const innkeeper::statement find;
extern const innkeeper::statement find_by_key;
extern const innkeeper::statement find_obstacle;
extern const innkeeper::statement find_replay;
extern const innkeeper::statement claim;
extern const innkeeper::statement release;
extern const innkeeper::statement give_up_pending;
extern const innkeeper::statement give_up_shipping;
extern const innkeeper::statement claim_paid;
extern const innkeeper::statement claim_outbox;
extern const innkeeper::statement finish;
extern const innkeeper::statement postpone;
extern const innkeeper::statement backlog;
extern const innkeeper::statement trouble;

// Of a user's history.
extern const innkeeper::statement list_newest;
extern const innkeeper::statement list_after;
extern const innkeeper::statement get_past;

// Of operators.
extern const innkeeper::statement take_in;
extern const innkeeper::statement hand_out;
extern const innkeeper::statement erase;

}  // namespace checkout::statements
