#pragma once
#include "read/nginx_directives.h"
#include "read/place.h"
#include "read/problem.h"
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A configuration of nginx as nginx reads it (src/core/ngx_conf_file.c of 1.31): words, directives, blocks, includes.
// Of what it doesn't accept, the rest is still read. Not asked: what a directive makes of its values.
namespace fairlead::read {

inline constexpr std::size_t nginx_size_limit = 4u << 20; // bytes, of all files together
inline constexpr std::size_t nginx_file_limit = 1000;     // with includes
inline constexpr std::size_t nginx_depth_limit = 64;      // blocks in blocks
inline constexpr std::size_t nginx_word_limit = 4096;     // bytes; nginx's own (NGX_CONF_BUFFER)
inline constexpr std::size_t nginx_directive_limit = 200000;
inline constexpr std::size_t nginx_problem_limit = 100;

struct NginxWord {
    std::string text; // without its quotes, \" \' \\ \t \r \n replaced; variables stand as they are written
    int line = 0, column = 0;
    bool quoted = false;
};

struct NginxDirective {
    std::vector<NginxWord> words; // the first one is the name
    bool block = false;           // { instead of ;
    NginxContext context;         // that it stands in
    std::size_t file = 0;         // of NginxFile::files
    std::optional<std::size_t> parent;
    std::vector<std::size_t> children; // in their order; what an include brings stands behind the include
    Span span;                         // in its file; with the ; or, of a block, the }
    bool found = false;                // an include of files that are there
    std::string body;                  // of a *_by_lua_block, as it is written

    const std::string& name() const { return words.front().text; }
    std::size_t count() const { return words.size() - 1; } // of arguments
    std::string_view argument(std::size_t index) const;    // from 0; empty: there is none
    bool has(std::string_view argument) const;
};

struct NginxProblem : Problem {
    std::size_t file = 0; // of NginxFile::files
};

struct NginxFile {
    std::vector<std::string> files; // the first one is what was read, the rest was included, each once
    std::vector<NginxDirective> directives;
    std::vector<std::size_t> roots; // of the first file
    NginxContext context;           // that the roots stand in
    std::vector<NginxProblem> problems;
    std::vector<std::size_t> by_name; // the directives by parent, name and place: what the questions below use

    const NginxDirective* parent_of(const NginxDirective& directive) const;
    // Of this name inside of `block` (nothing: among the roots), not deeper.
    const NginxDirective* find(std::optional<std::size_t> block, std::string_view name) const; // the last one
    std::vector<const NginxDirective*> all(std::optional<std::size_t> block, std::string_view name) const;
    std::vector<const NginxDirective*> all(std::string_view name) const; // anywhere
    std::size_t index_of(const NginxDirective& directive) const {
        return static_cast<std::size_t>(&directive - directives.data());
    }
    bool within(const NginxDirective& directive, std::string_view block_name) const; // at any depth
    // Of a directive that inner blocks inherit only as a whole (add_header, proxy_set_header, error_page, ...): those
    // of the innermost block from `block` outwards that has any.
    std::vector<const NginxDirective*> in_effect(std::optional<std::size_t> block, std::string_view name) const;
};

// The files of the project that an include names (a glob, relative to the main file's folder, or absolute): path and
// text, sorted by path. None where it leads elsewhere. Whose answer it is: the caller's.
using NginxIncludes =
    std::function<std::vector<std::pair<std::string, std::string>>(const std::string& glob, const std::string& main)>;

void index_by_name(NginxFile& file); // as read_nginx() does

// A file that doesn't begin at nginx.conf's top level is read in the context that takes the most of its directives.
NginxFile read_nginx(std::string_view text, const std::string& file, const NginxIncludes& includes = {});

// `location = /x`, `^~`, `~`, `~*`, none, `@name`.
struct NginxLocation {
    enum class Kind { prefix, exact, prefix_first, regex, named };
    Kind kind = Kind::prefix;
    std::string path; // or the regular expression; a named one's with its @
};
NginxLocation nginx_location(const NginxDirective& location);

struct NginxListen {
    std::string host; // empty or *: all addresses
    std::string port; // "80" where none is written
    bool tls = false, unix_socket = false, by_default = false;
};
NginxListen nginx_listen(const NginxDirective& listen);

}
