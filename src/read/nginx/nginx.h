#pragma once
#include "read/nginx/nginx_directives.h"
#include "read/place.h"
#include "read/problem.h"
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reads a configuration like nginx (src/core/ngx_conf_file.c of 1.31): words, directives, blocks, includes. After a
// mistake, the rest is still read. Values of directives are not checked.
namespace fairlead::read {

inline constexpr std::size_t nginx_size_limit = 4u << 20; // bytes, all files together
inline constexpr std::size_t nginx_file_limit = 1000;     // including includes
inline constexpr std::size_t nginx_depth_limit = 64;      // blocks in blocks
inline constexpr std::size_t nginx_word_limit = 4096;     // bytes; nginx's own (NGX_CONF_BUFFER)
inline constexpr std::size_t nginx_directive_limit = 200000;
inline constexpr std::size_t nginx_problem_limit = 100;

struct NginxWord {
    std::string text; // without quotes, with \" \' \\ \t \r \n replaced; variables as written
    int line = 0, column = 0;
    bool quoted = false;
};

struct NginxDirective {
    std::vector<NginxWord> words; // the first word is the name
    bool block = false;           // ends in { instead of ;
    NginxContext context;         // context around it
    std::size_t file = 0;         // index in NginxFile::files
    std::optional<std::size_t> parent;
    std::vector<std::size_t> children; // in their order; included directives come after the include
    Span span;                         // in its file, including the ; or the block's }
    bool found = false;                // an include that found files
    std::string body;                  // of a *_by_lua_block, as written

    const std::string& name() const { return words.front().text; }
    std::size_t count() const { return words.size() - 1; } // number of arguments
    std::string_view argument(std::size_t index) const;    // from 0; empty: absent
    bool has(std::string_view argument) const;
};

struct NginxProblem : Problem {
    std::size_t file = 0; // index in NginxFile::files
};

struct NginxFile {
    std::vector<std::string> files; // first the main file, then included files, each once
    std::vector<NginxDirective> directives;
    std::vector<std::size_t> roots; // the top-level directives of the first file
    NginxContext context;           // context of the roots
    std::vector<NginxProblem> problems;
    std::vector<std::size_t> by_name; // directives sorted by parent, name and place, for the functions below

    const NginxDirective* parent_of(const NginxDirective& directive) const;
    // Both functions search directly in `block` (nothing: the roots), not deeper. find() returns the last directive of
    // this name.
    const NginxDirective* find(std::optional<std::size_t> block, std::string_view name) const;
    std::vector<const NginxDirective*> all(std::optional<std::size_t> block, std::string_view name) const;
    std::vector<const NginxDirective*> all(std::string_view name) const; // anywhere
    std::size_t index_of(const NginxDirective& directive) const {
        return static_cast<std::size_t>(&directive - directives.data());
    }
    bool within(const NginxDirective& directive, std::string_view block_name) const; // at any depth
    // For directives that inner blocks inherit only as a whole (add_header, proxy_set_header, error_page, ...): returns
    // those of the innermost block, from `block` outwards, that has any.
    std::vector<const NginxDirective*> in_effect(std::optional<std::size_t> block, std::string_view name) const;
};

// Returns the project's files that an include names (a glob, relative to the main file's folder, or absolute): path and
// text, sorted by path. Empty if the include leads out of the project. The caller provides this function.
using NginxIncludes =
    std::function<std::vector<std::pair<std::string, std::string>>(const std::string& glob, const std::string& main)>;

void index_by_name(NginxFile& file); // read_nginx() calls it, too

// Reads a configuration. If a file is not a top-level nginx.conf, it is read in the context that accepts most of its
// directives.
NginxFile read_nginx(std::string_view text, const std::string& file, const NginxIncludes& includes = {});

// A location: `location = /x`, `^~`, `~`, `~*`, no modifier, `@name`.
struct NginxLocation {
    enum class Kind { prefix, exact, prefix_first, regex, named };
    Kind kind = Kind::prefix;
    std::string path; // or the regular expression; a named location's path includes its @
};
NginxLocation nginx_location(const NginxDirective& location);

struct NginxListen {
    std::string host; // empty or *: all addresses
    std::string port; // "80" if no port is given
    bool tls = false, unix_socket = false, by_default = false;
};
NginxListen nginx_listen(const NginxDirective& listen);

}
