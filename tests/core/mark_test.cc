#include "core/mark.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

TEST(mark, is_read_back_as_it_was_printed) {
  const std::vector<mark> all{
      {.estate = "cafe-erp"},
      {},
      {.estate = "cafe-erp", .retired = {{"cafe", "2026-11-21T16:00:00Z"}}},
      {.estate = "cafe-erp", .retired = {{"cafe", "2026-11-21T16:00:00Z"}, {"erp", "2026-11-22T16:00:00Z"}}},
      {.estate = "", .retired = {{"cafe", "2026-11-21T16:00:00Z"}}, .note = "the café's own\nsecond line"},
      {.estate = "cafe-erp", .pruned = "cafe"},
  };
  for (const auto& one : all) EXPECT_EQ(parse_mark(print_mark(one)), one) << print_mark(one);
}

TEST(mark, stays_what_it_was_before_services_could_leave) {
  EXPECT_EQ(mark_of("cafe-erp"), "innkeeper estate=cafe-erp");
  EXPECT_EQ(mark_of(""), "innkeeper service");
  EXPECT_EQ(marked_estate("innkeeper estate=cafe-erp"), "cafe-erp");
  EXPECT_EQ(marked_estate("innkeeper service"), "");
}

TEST(mark, of_a_retired_database_still_names_its_estate) {
  EXPECT_EQ(marked_estate("innkeeper estate=cafe-erp retired=cafe@2026-11-21T16:00:00Z"), "cafe-erp");
  EXPECT_EQ(marked_estate("innkeeper service retired=cafe@2026-11-21T16:00:00Z\nby hand"), "");
}

TEST(mark, is_nothing_that_people_write) {
  for (const auto* text : {"", "innkeeper", "innkeeper registry", "innkeeper estate=", "innkeeper services",
                           "innkeeper estate=cafe of Anna", "innkeeper estate=cafe retired=@now",
                           "the innkeeper estate=x", "innkeeper estate=cafe pruned="}) {
    EXPECT_EQ(parse_mark(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace innkeeper
