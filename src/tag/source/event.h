#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What tag reads of an event's payload (docs.github.com, "Webhook events and payloads"); absent and null are alike.
namespace fairlead::tag {

struct Event {
    std::optional<std::string> number, base_ref;
    std::optional<std::string> head_sha, pull_base_ref;               // pull_request.head.sha, .base.ref
    std::optional<std::string> head_commit_id, head_commit_timestamp; // head_commit
    std::vector<std::pair<std::string, std::string>> commits;         // id, timestamp
    std::vector<std::string> pull_labels;                             // pull_request.labels[].name
    std::optional<std::string> owner, name, description, html_url, licence, default_branch; // repository.*
};

// Streams over the text: only the members above are kept. Error (usage): not JSON. Another value than an object is
// an empty event and noted.
Result<Event> parse_event(std::string_view text, const std::string& file, Notes& notes);
Result<Event> read_event(const std::string& path, Notes& notes); // not there: empty and noted; at most 256 MiB

}
