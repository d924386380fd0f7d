#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Reads the parts of an event's payload that tag needs (docs.github.com, "Webhook events and payloads"); null counts as
// absent.
namespace fairlead::tag {

struct Event {
    std::optional<std::string> number, base_ref;
    std::optional<std::string> head_sha, pull_base_ref;               // pull_request.head.sha, .base.ref
    std::optional<std::string> head_commit_id, head_commit_timestamp; // head_commit
    std::vector<std::pair<std::string, std::string>> commits;         // id, timestamp
    std::vector<std::string> pull_labels;                             // pull_request.labels[].name
    std::optional<std::string> owner, name, description, html_url, licence, default_branch; // repository.*
};

// Reads the text as a stream and keeps only the members above. Error (usage): not JSON. If the value isn't an object,
// the event is empty, with a note.
Result<Event> parse_event(std::string_view text, const std::string& file, Notes& notes);
// an absent file gives an empty event with a note; at most 256 MiB
Result<Event> read_event(const std::string& path, Notes& notes);

}
