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

namespace {

std::string_view ebs_meaning_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "the installing account is not a usable administrator";
    case Cause::pack_already_installed:
      return "the CAL pack is already installed";
    case Cause::internet_unreachable:
      return "licenses cannot be activated over the Internet";
    case Cause::directory_not_writable:
      return "the licensing service cannot read or write all of its data in the directory";
    case Cause::licenses_exhausted:
      return "there are not enough licenses";
    case Cause::already_licensed:
      return "the user or device already has a license";
    case Cause::other:
      return "another cause, shown in the evidence";
  }
  return "";
}

std::string_view ebs_first_step_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "Install the pack with an account that is a member of the Administrators group.";
    case Cause::pack_already_installed:
      return "Look for the product key in the installation history. If more licenses are needed, "
             "buy and install another pack.";
    case Cause::internet_unreachable:
      return "On the licensing server, open the address of the activation service and find what "
             "blocks it: network adapter, cable, name resolution, firewall or proxy.";
    case Cause::directory_not_writable:
      return "Grant SYSTEM read and write permission on CN=msWssgConfig,CN=System, make it the "
             "owner, and activate again.";
    case Cause::licenses_exhausted:
      return "Take back licenses from users and devices that no longer need them, or install "
             "another pack.";
    case Cause::already_licensed:
      return "Nothing to fix: the user or device already has a license. Assign the new one to "
             "another user or device.";
    case Cause::other:
      return "Look up the error code and the text in the evidence, then activate again.";
  }
  return "";
}

std::string_view rds_meaning_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "the account that installs licenses is not a usable administrator of the license "
             "server";
    case Cause::pack_already_installed:
      return "these licenses are already installed";
    case Cause::directory_not_writable:
      return "per-user licenses cannot be recorded in the directory";
    case Cause::licenses_exhausted:
      return "there are not enough Remote Desktop licenses that fit";
    case Cause::other:
      return "a fault of a session host or license server, shown in the evidence";
    case Cause::internet_unreachable:
      return "licenses cannot be activated over the Internet, and those that are installed keep "
             "working";
    case Cause::already_licensed:
      break;
  }
  return ebs_meaning_of(cause);
}

std::string_view rds_first_step_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "Install the licenses with an account that is an administrator of the license server.";
    case Cause::pack_already_installed:
      return "Look in RD Licensing Manager for the licenses. If more are needed, buy and install "
             "others.";
    case Cause::directory_not_writable:
      return "Let the group Terminal Server License Servers, and SELF for session hosts since "
             "Windows Server 2019, read and write the property set Terminal Server License Server "
             "on users.";
    case Cause::licenses_exhausted:
      return "Install licenses of the session hosts' kind and version, or newer ones, in RD "
             "Licensing Manager.";
    case Cause::other:
      return "Look up the event or the status in the evidence: the runbook has the steps.";
    case Cause::internet_unreachable:
    case Cause::already_licensed:
      break;
  }
  return ebs_first_step_of(cause);
}

}  // namespace

std::string_view meaning_of(Cause cause, Profile profile) {
  return profile == Profile::rds ? rds_meaning_of(cause) : ebs_meaning_of(cause);
}

bool is_consequence(Cause cause) {
  switch (cause) {
    case Cause::internet_unreachable:
    case Cause::directory_not_writable:
      return true;
    case Cause::account_not_administrator:
    case Cause::pack_already_installed:
    case Cause::licenses_exhausted:
    case Cause::already_licensed:
    case Cause::other:
      return false;
  }
  return false;
}

std::string_view first_step_of(Cause cause, Profile profile) {
  return profile == Profile::rds ? rds_first_step_of(cause) : ebs_first_step_of(cause);
}

}  // namespace cal
