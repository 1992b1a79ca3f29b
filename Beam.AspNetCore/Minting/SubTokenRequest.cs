using System.Globalization;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Minting;

/// <summary>What a client asks of a token that is made from another token: <c>?rights=send&amp;uses=1&amp;lifetime=600</c>.</summary>
/// <param name="Rights">What it allows.</param>
/// <param name="Uses">How many uses it has; <see langword="null"/> for any number.</param>
/// <param name="Lifetime">How long it lives at most; <see langword="null"/> for the usual lifetime of a token.</param>
internal sealed record SubTokenRequest(TokenRights Rights, int? Uses, TimeSpan? Lifetime)
{
    private const string RightsRule = "rights is send, receive, or both with a comma.";
    private const string UsesRule = "uses is a whole number, at least 1.";
    private const string LifetimeRule = "lifetime is a whole number of seconds, at least 1.";

    /// <summary>Reads the request.</summary>
    /// <returns>What the client asks for, or <see langword="null"/> when it breaks a rule.</returns>
    public static SubTokenRequest? Read(IQueryCollection query, out string? mistake)
    {
        var rights = Right(query["rights"].ToString());
        var areUsesRight = TryReadNumber(query, "uses", out var uses);
        var isLifetimeRight = TryReadNumber(query, "lifetime", out var lifetime);
        mistake = rights == TokenRights.None ? RightsRule : !areUsesRight ? UsesRule : !isLifetimeRight ? LifetimeRule : null;
        return mistake is null ? new SubTokenRequest(rights, uses, lifetime is { } seconds ? TimeSpan.FromSeconds(seconds) : null) : null;
    }

    private static TokenRights Right(string text)
    {
        var rights = TokenRights.None;
        foreach (var word in text.Split(','))
        {
            switch (word)
            {
                case "send":
                    rights |= TokenRights.Send;
                    break;
                case "receive":
                    rights |= TokenRights.Receive;
                    break;
                default:
                    return TokenRights.None;
            }
        }

        return rights;
    }

    private static bool TryReadNumber(IQueryCollection query, string key, out int? number)
    {
        number = null;
        if (!query.TryGetValue(key, out var text))
        {
            return true;
        }

        number = int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed > 0
            ? parsed
            : null;
        return number is not null;
    }
}
