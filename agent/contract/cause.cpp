#include "agent/contract/cause.h"

namespace cal {

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "account_not_administrator";
    case Cause::pack_already_installed:
      return "pack_already_installed";
    case Cause::internet_unreachable:
      return "internet_unreachable";
    case Cause::directory_not_writable:
      return "directory_not_writable";
    case Cause::licenses_exhausted:
      return "licenses_exhausted";
    case Cause::already_licensed:
      return "already_licensed";
    case Cause::other:
      return "other";
  }
  return "";
}

std::string_view name_of(Strength strength) {
  switch (strength) {
    case Strength::weak:
      return "weak";
    case Strength::strong:
      return "strong";
    case Strength::certain:
      return "certain";
  }
  return "";
}

std::string_view likelihood_of(Strength strength) {
  switch (strength) {
    case Strength::weak:
      return "possible";
    case Strength::strong:
      return "likely";
    case Strength::certain:
      return "certain";
  }
  return "";
}

std::string_view meaning_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "the account that installs the pack is no usable administrator";
    case Cause::pack_already_installed:
      return "the CAL pack is installed already";
    case Cause::internet_unreachable:
      return "the activation service cannot be reached over the Internet";
    case Cause::directory_not_writable:
      return "the licensing service cannot read or write its data in the directory";
    case Cause::licenses_exhausted:
      return "there are not enough licenses";
    case Cause::already_licensed:
      return "the user or device has a license already";
    case Cause::other:
      return "something else, shown in the evidence";
  }
  return "";
}

std::string_view first_step_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "Install the pack with an account that is in the Administrators group.";
    case Cause::pack_already_installed:
      return "Look for the product key in the installation history; if more licenses are needed, "
             "buy and install another pack.";
    case Cause::internet_unreachable:
      return "Open the activation service's address on the licensing server and follow what "
             "stops it: adapter, cable, name resolution, firewall, proxy.";
    case Cause::directory_not_writable:
      return "Give SYSTEM read and write permission on CN=msWssgConfig,CN=System and make it the "
             "owner, then activate again.";
    case Cause::licenses_exhausted:
      return "Take licenses back from users and devices that no longer need them, or install "
             "another pack.";
    case Cause::already_licensed:
      return "Nothing: the user or device has a license. Assign the new one to another.";
    case Cause::other:
      return "Read the event's code and text in the evidence and look them up; then activate "
             "again.";
  }
  return "";
}

}  // namespace cal
