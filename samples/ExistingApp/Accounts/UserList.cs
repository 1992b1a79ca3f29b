using System.Security.Cryptography;
using System.Text;

namespace ExistingApp.Accounts;

/// <summary>The users and passwords in the configuration: <c>--Users:ada=secret</c>. A real application needs something better.</summary>
internal sealed class UserList(IConfiguration configuration)
{
    public bool Knows(string user, string password)
        => configuration.GetSection("Users").GetChildren().FirstOrDefault(entry => entry.Key == user)?.Value is { Length: > 0 } right
            && CryptographicOperations.FixedTimeEquals(DigestOf(password), DigestOf(right));

    private static byte[] DigestOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
