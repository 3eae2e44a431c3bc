// Who took an account out of its group, or keeps it from logging on: what is asked of the security
// log. Pure.
#pragma once

#include "probes/actors/question.h"
#include "probes/administrators_membership/administrators_membership.h"

#include <vector>

namespace cal::administrators_membership {

// Of each account whose history was read.
std::vector<actors::Question> who_questions(const Facts& facts);

}  // namespace cal::administrators_membership
