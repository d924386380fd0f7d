#pragma once
#include <string>
#include <string_view>
#include <vector>

// Finds the variables of the environment that a program's source reads: facts with their lines, without a verdict.
namespace fairlead::project {

enum class Need {
    required, // the program ends, or its framework refuses to start, without it: os.environ["X"], ENV.fetch("X")
    optional, // another value stands beside it: os.getenv("X", "y"), process.env.X || "y"
    unknown,  // the source goes on without it, whatever that leads to: process.env.X, os.Getenv("X")
};

struct VariableRead {
    std::string name;
    int line = 0;
    Need need = Need::unknown;
    std::string fallback = {}; // what the line says behind the name of an optional one, as written
    std::string form = {};     // the words that read it: "os.environ["
};

// In the order of the lines. `path` chooses the language by its ending (.py, .js, .ts, .go, .java, .rb, .php, .rs, .cs,
// .properties, .yml of Spring); a file of another language reads nothing. Comments read nothing.
std::vector<VariableRead> variables_read(std::string_view path, std::string_view text);

// Returns whether whatever starts a program gives that variable, or nobody sets it for a release: PATH, HOME, PORT, CI.
bool is_given_anyway(std::string_view name);

}
