#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The payload that GitHub sends for an event (docs.github.com, "Webhook events and payloads"), made from a repository:
// as much of it as our tools, act and expressions of workflows read. Without it act invents what is wrong.
namespace fairlead::act {

struct Facts {
    std::string repository; // acme/shop
    std::string default_branch;
    std::string branch, head;      // what is checked out: main, and its commit
    std::string base_branch, base; // what a change is compared with; `base` empty: nothing was there before
    std::string tag;               // v1.2.3: the tag was pushed; empty: the branch was
    std::vector<std::pair<std::string, std::string>> inputs; // of workflow_dispatch
};

std::string payload(std::string_view event, const Facts& facts); // JSON

}
