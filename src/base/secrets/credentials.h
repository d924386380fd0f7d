#pragma once
#include <string>
#include <string_view>

// Decides in one place what is a secret, by its name or position, and registers secrets with mask(). Register a secret
// before anything is logged or reported; registering twice does no harm.
namespace fairlead {

// Returns whether a variable, a header, a cookie, a query parameter or a key of this name contains a secret:
// DB_PASSWORD, apiToken, X-Amz-Signature, x-functions-key. False for PUBLIC_KEY, SORT_KEY, TOKEN_TTL, KEY_FILE,
// KEYBOARD. The names `key`, `code`, `auth`, `session` and `sig` often have harmless values, too (`key=1`): see
// is_secret().
bool sounds_secret(std::string_view name);

// Returns whether `value` must be hidden: its name sounds secret, and the value is not a switch (`true`), not a short
// number such as a port, and not under 4 bytes. For an unclear name the value must have at least 8 bytes.
bool is_secret(std::string_view name, std::string_view value);

// Returns whether `word`, under any name, is a vendor's token (by its prefix, length and digits: ghp_..., glpat-...) or
// a secret key of age.
bool is_token(std::string_view word);

// Registers the secrets of a URL: its password, `user:password`, a user as long as a token, and secret parameters
// (is_secret()) of query and fragment, each as written and decoded. Malformed URLs work, too: `user:p@ss@host`, a
// password with `/` or blanks. A password equal to user, scheme or host (postgres://postgres:postgres@postgres) is
// hidden only as part of `user:password`.
void register_url(std::string_view url);
void register_urls_in(std::string_view text); // every URL in a text

// Registers the secrets of a request's or response's header: Authorization, Cookie, Set-Cookie, Location, and every
// name that sounds secret. For `Bearer x`, registers x alone, for `Basic x` its decoded text. URLs in the value are
// registered for every name.
void register_header(std::string_view name, std::string_view value);
// Returns whether a header gives access: Authorization, Cookie, X-Api-Key, or a value with Bearer, with credentials, or
// with a registered secret.
bool is_secret_header(std::string_view name, std::string_view value);
// Registers a header given as a whole line. A line without a colon (`Authorization Bearer x`, `X-Api-Key=x`) can't be
// sent, but may contain a secret.
void register_header(std::string_view line);
void register_cookies(std::string_view pairs); // "a=b; c=d", as in Cookie: and Set-Cookie:

// Registers the value of a variable, a setting or a file's key if it is_secret(), and the credentials of URLs in it.
void register_variable(std::string_view name, std::string_view value);
// Registers the secrets of a text: URLs with credentials, vendors' tokens, and values after a secret name
// (`password=x`, `"token": "x"`).
void register_assignments(std::string_view text);

// Returns whether a value gives access even if its name is harmless: a URL with a password, a private key, a vendor's
// token, or a list or JSON that contains a secret (Server=db;Password=x). Runs in linear time.
bool lets_in(std::string_view text);

// Registers secrets of a command line or a sentence: `token: x`, `header=X-Api-Key=x`, `Authorization: Bearer x`, and
// every word that is_token(). A value ends at a blank, unless it is quoted or the name begins the line.
void register_said(std::string_view text);

bool holds_credentials(std::string_view text); // whether hide_credentials() would change it
// Replaces user and password, and secret parameters (is_secret()), of each URL by ***, even if they are short.
std::string hide_credentials(std::string_view text);

}
