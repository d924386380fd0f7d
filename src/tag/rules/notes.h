#pragma once
#include "base/result.h"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::tag {

// A place in the inputs: "tags", line 3. Line 0: the input as a whole.
struct Origin {
    std::string input;
    int line = 0;
    std::string text; // the entry itself
};

// A message about a run. A `fault` is an input that should be an error; under `strict`, the first fault is an error.
enum class Weight { remark, gap, fault }; // gap: a fact that is unknown
struct Note {
    std::string message;
    Origin origin;
    std::string way_out; // what is allowed, or what to do
    Weight weight = Weight::fault;
};

class Notes {
  public:
    void remark(std::string message, Origin origin = {}) {
        add({std::move(message), std::move(origin), {}, Weight::remark});
    }
    void gap(std::string message) { add({std::move(message), {}, {}, Weight::gap}); }
    void fault(std::string message, Origin origin, std::string way_out) {
        add({std::move(message), std::move(origin), std::move(way_out), Weight::fault});
    }
    const std::vector<Note>& all() const { return notes_; }

  private:
    void add(Note note); // keeps equal messages of one entry only once
    std::vector<Note> notes_;
};

// Returns where entry `line` of an input ("tags") was written, or a place without a file; line 0: the input as a whole.
using PlaceOf = std::function<Place(const std::string& input, int line)>;
// Returns the first fault as an error (usage).
Result<void> refuse_faults(const Notes& notes, const PlaceOf& place_of);

std::string describe(const Origin& origin); // "tags, line 3"; empty without an input
std::string describe(const Note& note);     // one line: message, place, way out
// Makes an error with the message on its first line, then the place and the allowed values. Its line is that of the
// input, without a file.
Error wrong_input(std::string message, const Origin& origin, std::string_view way_out = {});

}
