namespace Beam.Tokens;

/// <summary>A token that was just minted, with its secret, which nobody can get again.</summary>
/// <param name="Secret">What its holder presents. Anybody who knows it has the token's rights: never log it.</param>
/// <param name="Token">What the relay keeps.</param>
public sealed record MintedToken(string Secret, Token Token)
{
    /// <summary>Names the token without its secret, so that logging it by accident gives nothing away.</summary>
    /// <returns>The short id.</returns>
    public override string ToString() => Token.Id;
}
