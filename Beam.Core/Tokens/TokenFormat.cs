using System.Buffers;
using System.Security.Cryptography;

namespace Beam.Tokens;

/// <summary>
/// What a token looks like: 26 lower-case letters and digits (130 bits), or words. The 26 leave out the letters that people mistake for
/// others (i, l, o, u). Before the token stands the node, if the relay has a name, and a dot.
/// </summary>
internal static class TokenFormat
{
    public const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    public const int Length = 26;
    public const char NodeSeparator = '.';

    // A node of 63 letters, a dot, sixteen words of eight letters.
    private const int MaxLength = 214;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly SearchValues<char> SecretLetters = SearchValues.Create(Alphabet);

    /// <summary>Makes a token. The node is part of it like everything else: with another node before it, it is another token.</summary>
    public static string Create(string? nodeId, int? words)
    {
        var secret = words is { } count ? TokenWords.Create(count) : RandomNumberGenerator.GetString(Alphabet, Length);
        return nodeId is null ? secret : $"{nodeId}{NodeSeparator}{secret}";
    }

    /// <summary>Says whether something may be a token at all, so that nothing else is hashed.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(Letters);

    /// <summary>Says whether something looks like the secret part of a token.</summary>
    public static bool IsSecret(ReadOnlySpan<char> text)
        => (text.Length == Length && !text.ContainsAnyExcept(SecretLetters)) || TokenWords.AreWords(text);
}
