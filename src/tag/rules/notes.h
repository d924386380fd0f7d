#pragma once
#include "base/result.h"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::tag {

// Where in the inputs something stands: "tags", line 3. Line 0: the input as a whole.
struct Origin {
    std::string input;
    int line = 0;
    std::string text; // the entry itself
};

// What a run has to tell. A `fault` is something that should not have been accepted: under `strict` the first is an
// error.
enum class Weight { remark, gap, fault }; // gap: something that nobody could tell
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
    void add(Note note); // the same message of the same entry once
    std::vector<Note> notes_;
};

// Where entry `line` of an input ("tags") was written, of no file: nowhere; line 0: the input as a whole.
using PlaceOf = std::function<Place(const std::string& input, int line)>;
// The first fault as an error (usage).
Result<void> refuse_faults(const Notes& notes, const PlaceOf& place_of);

std::string describe(const Origin& origin); // "tags, line 3"; empty without an input
std::string describe(const Note& note);     // one line: message, place, way out
// The message on the first line, then the place and what is allowed. The error's line is the input's, of no file.
Error wrong_input(std::string message, const Origin& origin, std::string_view way_out = {});

}
