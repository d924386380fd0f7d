#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Makes the payload that GitHub sends for an event (docs.github.com, "Webhook events and payloads") from a repository:
// the parts that our tools, act and workflows' expressions read. Without a payload, act invents wrong values.
namespace fairlead::act {

struct Facts {
    std::string repository; // acme/shop
    std::string default_branch;
    std::string branch, head;      // the checkout: main, and its commit
    std::string base_branch, base; // to compare a change with; empty `base`: there was nothing before
    std::string tag;               // v1.2.3: this tag was pushed; empty: the branch was pushed
    std::vector<std::pair<std::string, std::string>> inputs; // for workflow_dispatch
};

std::string payload(std::string_view event, const Facts& facts); // JSON

}
