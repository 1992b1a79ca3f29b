using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace StandaloneServer;

/// <summary>
/// A key that endpoints ask for. An application that knows its users takes <c>RequireAuthorization</c> instead: see samples/ExistingApp.
/// </summary>
internal static class AccessKey
{
    /// <summary>Answers <c>401</c> to a request without the key, and does not read its body.</summary>
    /// <remarks>The key comes as <c>Authorization: Bearer KEY</c>, or as password, for which browsers ask: <c>curl -u :KEY</c>.</remarks>
    public static void RequireKey(this IEndpointConventionBuilder endpoints, string key)
    {
        var expected = DigestOf(key);
        endpoints.AddEndpointFilter(async (invocation, next) =>
        {
            var (request, response) = (invocation.HttpContext.Request, invocation.HttpContext.Response);

            // Digests have one length, and the comparison takes constant time, so the time says nothing about the key.
            if (CryptographicOperations.FixedTimeEquals(DigestOf(KeyIn(request)), expected))
            {
                return await next(invocation);
            }

            response.Headers.WWWAuthenticate = new(["Bearer realm=\"Beam\"", "Basic realm=\"Beam\", charset=\"UTF-8\""]);
            response.Headers.CacheControl = "no-store";
            return Results.Text("This needs the access key: curl -u :KEY\n", statusCode: StatusCodes.Status401Unauthorized);
        });
    }

    private static byte[] DigestOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string KeyIn(HttpRequest request)
        => AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header.Parameter is { } parameter
            ? header.Scheme.ToUpperInvariant() switch { "BEARER" => parameter, "BASIC" => PasswordIn(parameter), _ => "" }
            : "";

    private static string PasswordIn(string credentials)
    {
        var bytes = new byte[credentials.Length];
        return Convert.TryFromBase64String(credentials, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2)[^1]
            : "";
    }
}
