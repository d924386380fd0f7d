#pragma once
// Declarations for sys/data only: builds a value from the events of a parser.
#include "sys/data/json.h"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// Builds one value from its events.
class StreamBuilder {
  public:
    bool active() const { return !open_.empty(); }
    std::size_t depth() const { return open_.size(); }
    std::size_t bytes() const { return bytes_; } // approximate size of the value in memory
    void open(Json container) {
        if (open_.empty()) bytes_ = 0;
        auto* const opened = open_.empty() ? &(root_ = std::move(container)) : add(std::move(container));
        constexpr std::size_t members = 6; // enough for most objects; growing would copy each name
        if (opened->is_object()) opened->get_ref<Json::object_t&>().reserve(members);
        open_.push_back(opened);
    }
    void key(std::string_view name) { key_ = name; }
    Json* add(Json value) {
        Json& parent = *open_.back();
        bytes_ += sizeof(Json) + (value.is_string() ? value.get_ref<const std::string&>().size() : 0) +
                  (parent.is_array() ? 0 : sizeof(std::string) + key_.size());
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        // A search for an equal name here would make big objects quadratic, so repeated() searches once at the end.
        auto& members = parent.get_ref<Json::object_t&>();
        std::vector<Json::object_t::value_type>& list = members;
        return &list.emplace_back(key_, std::move(value)).second;
    }
    bool close() { // true when the value is complete
        open_.pop_back();
        return open_.empty();
    }
    // Returns a name that occurs twice in the open object. Readers disagree which one counts (RFC 8259, section 4).
    std::optional<std::string> repeated();
    Json take() { return std::move(root_); }

  private:
    Json root_;
    std::vector<Json*> open_;
    std::vector<std::string_view> names_; // reused
    std::string key_;
    std::size_t bytes_ = 0;
};

}
