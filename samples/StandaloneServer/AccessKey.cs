using System.Security.Cryptography;
using System.Text;

namespace StandaloneServer;

/// <summary>A key that endpoints ask for. An application that knows its users takes <c>RequireAuthorization</c> instead, as samples/ExistingApp does.</summary>
internal static class AccessKey
{
    /// <summary>Answers <c>401</c> to a request without <c>Authorization: Bearer KEY</c>, whose body is not read then.</summary>
    public static void RequireKey(this IEndpointConventionBuilder endpoints, string key)
    {
        var expected = DigestOf("Bearer " + key);
        endpoints.AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;

            // Digests have one length and are compared in constant time, so the time that it takes says nothing about the key.
            if (CryptographicOperations.FixedTimeEquals(DigestOf(context.Request.Headers.Authorization.ToString()), expected))
            {
                return await next(invocation);
            }

            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"Beam\"";
            return Results.Text("This needs the access key: curl -H 'Authorization: Bearer KEY'.\n", statusCode: StatusCodes.Status401Unauthorized);
        });
    }

    private static byte[] DigestOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
