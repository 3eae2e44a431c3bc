// What a person has to know before a step of the plan: which packs there are, and which versions of
// Windows. Pure.
#pragma once

#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <string>
#include <vector>

namespace cal::session_host_licensing {

// Computers of which the same is true are one part: "LS1 and LS2: Windows Server 2022".
class Parts {
 public:
  void add(const std::string& name, std::string text);
  bool empty() const { return parts_.empty(); }
  std::string text() const;

  // Of what is counted on each: "Each of LS1 and LS2: 6 of 10 free", to begin a sentence.
  std::string text_of_each() const;

 private:
  struct Part {
    std::string text;
    std::vector<std::string> names;
  };
  std::vector<Part> parts_;
};

enum class Issued { shown, left_out };

// "pack 3: 20 per user of version 2022, 12 issued, end on 2026-12-07", of all packs; "none".
std::string packs_text(const farm::LicenseServer& server, SystemTime now, Issued issued);

// What the reader of the first step has to know: the versions of Windows with the rule, and the
// packs, where the fault is about them.
std::vector<std::string> facts_for(const Group& group, const Facts& facts);

enum class Versions { fit, too_old, unknown };

// Whether each server has the version of Windows of the newest host or a newer one; `too_old`: a
// server is known not to have it.
Versions versions_of(const Group& group, const Facts& facts);

}  // namespace cal::session_host_licensing
