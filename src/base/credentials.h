#pragma once
#include <string>
#include <string_view>

// The one place that says what is a secret by its name or by where it stands, and that registers it with mask().
// Register before anything is logged or reported; registering twice costs nothing.
namespace fairlead {

// Whether a variable, a header, a cookie, a query parameter or a key of that name holds a secret: DB_PASSWORD,
// apiToken, X-Amz-Signature, x-functions-key. Not PUBLIC_KEY, SORT_KEY, TOKEN_TTL, KEY_FILE, KEYBOARD.
// `key`, `code`, `auth`, `session` and `sig` alone are said by chance, too (`key=1`): see is_secret().
bool sounds_secret(std::string_view name);

// Whether `value` of that name is to be hidden: the name sounds so and the value is neither a switch (`true`), nor a
// number as ports are, nor under 4 bytes; where the name alone says little it has 8 bytes or more.
bool is_secret(std::string_view name, std::string_view value);

// Whether `word` is what a vendor gives out, by its prefix, its length and its digits (ghp_..., glpat-...), whatever
// its name.
bool is_token(std::string_view word);

// A URL, whole: its password, `user:password`, a user that is as long as a token, and what is_secret() of its query and
// fragment, each as it stands and decoded. Malformed ones too: `user:p@ss@host`, a password with `/` or blanks. A
// password that equals user, scheme or host (postgres://postgres:postgres@postgres) is hidden in the pair only.
void register_url(std::string_view url);
void register_urls_in(std::string_view text); // every URL of a text

// A header of a request or an answer. Authorization, Cookie, Set-Cookie, Location and whatever sounds secret; of
// `Bearer x` x by itself, of `Basic x` what it decodes to. Whatever the name, URLs in the value.
void register_header(std::string_view name, std::string_view value);
// Whether such a header lets in: Authorization, Cookie, X-Api-Key, whatever has a Bearer or holds credentials or what
// is registered already.
bool is_secret_header(std::string_view name, std::string_view value);
// As a line. Without its colon (`Authorization Bearer x`, `X-Api-Key=x`) it is nothing that could be sent, but may hold
// a secret all the same.
void register_header(std::string_view line);
void register_cookies(std::string_view pairs); // "a=b; c=d", as Cookie: and Set-Cookie: have them

// A variable, a setting or a key of a file: is_secret(), or URLs with credentials in it.
void register_variable(std::string_view name, std::string_view value);
// A text that nobody could read yet (a broken YAML or env file): URLs, and lines as `token: x`, `export TOKEN="x"`.
void register_assignments(std::string_view text);

// Whether a value of a harmless name lets in by what it says: a URL with a password, a private key, a vendor's token,
// or a list or JSON that assigns one (Server=db;Password=x). Linear in its length.
bool lets_in(std::string_view text);

// What somebody wrote on a command line or into a sentence: `token: x`, `header=X-Api-Key=x`, `Authorization: Bearer
// x`, and every word that is_token(). A value ends at a blank unless it is quoted or the name begins the line.
void register_said(std::string_view text);

bool holds_credentials(std::string_view text); // whether hide_credentials() would change it
// `text` with *** for user and password and for is_secret() parameters of each of its URLs, short ones too.
std::string hide_credentials(std::string_view text);

}
