#pragma once
#include "base/time.h"
#include "smoke/hurl/cookies.h"
#include "smoke/hurl/filters.h"
#include "smoke/hurl/predicates.h"
#include "smoke/hurl/values/value.h"
#include <optional>
#include <string>
#include <variant>
#include <vector>

// A Hurl file after parsing, before evaluation. It has entries: a request and the expected answer.
namespace fairlead::smoke::hurl {

// A position in the file; line and column (code points) count from 1.
struct Spot {
    int line = 1;
    int column = 1;
};

// A text with placeholders: `/users/{{id}}`.
struct Piece {
    enum class Kind {
        text,
        placeholder, // `text` is the name of a variable or a function
        json_string, // a placeholder inside of a JSON string: its value is escaped
        json_value,  // a placeholder in place of a JSON value
    };
    Kind kind = Kind::text;
    std::string text = {};
    Spot spot = {};
};
struct Template {
    std::vector<Piece> pieces = {};
    Spot spot = {};
    bool empty() const { return pieces.empty(); }
};

struct Placeholder {
    std::string name = {};
    Spot spot = {};
};
struct FileName {
    Template name = {};
};
// A value as an operand: a literal, a text, {{x}} with the type of x, or a file's bytes.
struct Literal {
    std::variant<Value, Template, Placeholder, FileName> is = {};
    Spot spot = {};
};

struct KeyValue {
    Template key = {}, value = {};
    Spot spot = {};
};

struct Part { // of a multipart form
    Template key = {};
    Template value = {}; // if there is no file
    std::optional<FileName> file = {};
    std::string type = {}; // empty: guessed from the file's name
};

struct Body {
    enum class Kind { json, xml, text, bytes, file, graphql };
    Kind kind = Kind::text;
    Template text = {};      // json, xml, text; for graphql the query; for file its name
    Template variables = {}; // for graphql, as JSON; may be empty
    std::string bytes = {};  // from base64,…; and hex,…;
    std::string type = {};   // Content-Type, if the request sets no other; may be empty
    Spot spot = {};          // of its first character; for bytes and files, after the comma
};

struct Query {
    enum class Kind {
        status,
        version,
        url,
        ip,
        header,
        cookie,
        body,
        bytes,
        rawbytes,
        xpath,
        jsonpath,
        regex,
        variable,
        duration,
        sha256,
        md5,
        certificate,
        redirects,
    };
    Kind kind = Kind::status;
    Template operand = {};
    std::string attribute = {}; // of a cookie
    bool is_pattern = false;    // the operand of `regex` is written as /…/
    Spot spot = {};
};

std::string_view query_name(Query::Kind kind); // "jsonpath"

struct FilterUse {
    const Filter* filter = nullptr;
    std::vector<Literal> operands = {};
    Spot spot = {};
};

struct Capture {
    Template name = {};
    Query query = {};
    std::vector<FilterUse> filters = {};
    bool redact = false;
    Spot spot = {};
};

struct Assert {
    Query query = {};
    std::vector<FilterUse> filters = {};
    bool negated = false;
    const Predicate* predicate = nullptr;
    std::optional<Literal> operand = {};
    Spot spot = {}, predicate_spot = {};
    std::string subject = {}; // query and filters as written, for messages
    std::string text = {};    // the whole assert as written
};

struct OptionRow; // options.h
struct OptionUse {
    const OptionRow* row = nullptr;
    Literal value = {};
    std::string variable = {}; // the name in `variable: name=value`
    bool is_quoted = false;    // that value is in quotes, so it is a text
    Spot spot = {};
};

struct Request {
    std::string method = {};
    Template url = {};
    std::vector<KeyValue> headers = {}, query = {}, form = {}, cookies = {};
    std::vector<Part> multipart = {};
    std::optional<KeyValue> basic_auth = {};
    std::vector<OptionUse> options = {};
    std::optional<Body> body = {};
    Spot spot = {};
};

struct Response {
    std::string version = {}; // "1.1"; empty: any
    Spot version_spot = {};
    std::optional<std::int64_t> status = {}; // nothing: any
    Spot status_spot = {};
    std::vector<KeyValue> headers = {};
    std::vector<Capture> captures = {};
    std::vector<Assert> asserts = {};
    std::optional<Body> body = {};
};

struct Entry {
    std::string title = {};               // the comment above; may be empty
    std::vector<KeptCookie> cookies = {}; // set before this entry by # @cookie_storage_set: …
    // removes all cookies before this entry and before `cookies` are set: # @cookie_storage_clear
    bool clears_cookies = false;
    Request request;
    std::optional<Response> response = {};
};

struct File {
    std::string name = {};
    std::string text = {};
    std::vector<Entry> entries = {};
    std::vector<std::size_t> lines = {0}; // the offset of each line
    Place place(Spot spot) const;         // the excerpt is the line
};

// Reads a file. Error (usage), with its place: the text is not UTF-8, is malformed, or uses a feature that only Hurl
// itself has (NTLM, HTTP/3 ...), which the message names.
Result<File> read_file(std::string name, std::string text);

}
