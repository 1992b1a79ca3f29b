using Beam.Tokens;

namespace Beam.Core.Tests.Tokens;

[Trait("Rule", "P7")]
public sealed class TokenWordsTests
{
    [Fact]
    public void Words_HaveNineBits()
    {
        Assert.Equal(1 << TokenWords.BitsOfWord, TokenWords.Words.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(1 << TokenWords.BitsOfWord, TokenWords.Words.Count);
        Assert.All(TokenWords.Words, static word => Assert.Matches("^[a-z]{3,8}$", word));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    public void Create_MakesADigitAndWords(int count)
        => Assert.Matches($"^[0-9](-[a-z]+){{{count}}}$", TokenWords.Create(count));

    [Fact]
    public void Create_IsWellFormed_EvenWithTheMostWords()
        => Assert.All(Enumerable.Range(0, 1000), static _ => Assert.True(TokenFormat.IsWellFormed(TokenWords.Create(16))));
}
