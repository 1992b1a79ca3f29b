using System.Globalization;
using System.Numerics;
using System.Text;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Receiving;
using Beam.AspNetCore.Sending;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Whatever a client writes where a length or an offset belongs: Beam reads a number that a file can have, or none.</summary>
[Trait("Rule", "P15")]
public sealed class RandomNumberTests
{
    private const int Rounds = 20_000;
    private const string Letters = "00112233445566778899+- \t,/=*.eExX_";

    private static readonly string[] Numbers =
    [
        "0", "1", "00", "-0", "+1", "-1", "9007199254740991", "9007199254740990", "9007199254740992", "09007199254740991",
        "999999999999999",
        "9223372036854775806", "9223372036854775807", "9223372036854775808", "18446744073709551615", "99999999999999999999", "", " ", "1e9",
        "\u0661", "0x10", "1,000", "1.0",
    ];

    [Fact]
    public void Number_IsWhatTheDigitsSay_OrNone()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var text = Number(new Random(seed));

            var isNumber = DeclaredNumber.TryParse(text, out var number);

            var isRight = text.Length > 0 && text.All(char.IsAsciiDigit)
                && BigInteger.Parse(text, CultureInfo.InvariantCulture) <= TransferDescription.LargestLength;
            Assert.True(isRight == isNumber, $"'{text}' is {(isNumber ? "a" : "no")} number.");
            Assert.Equal(isRight ? BigInteger.Parse(text, CultureInfo.InvariantCulture) : 0, number);
        }
    }

    [Fact]
    public void End_IsTheSum_OrNone()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            long offset = Extreme(random), length = Extreme(random);
            var sum = (BigInteger)offset + length;

            var isEnd = DeclaredNumber.TryFindEnd(offset, length, out var end);

            Assert.Equal(offset >= 0 && length >= 0 && sum <= TransferDescription.LargestLength, isEnd);
            Assert.Equal(isEnd ? sum : 0, end);
        }
    }

    [Fact]
    public void Range_StaysWithinWhatAFileCanHave()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var text = $"{Unit(random)}={Number(random)}-{Number(random)}{(random.Next(8) == 0 ? $",{Number(random)}-" : "")}";
            var request = new DefaultHttpContext { Request = { Headers = { ["Range"] = text } } }.Request;

            var terms = new ReceiveTerms();
            if (RequestedRange.TryRead(request, ref terms) && terms.From is not null)
            {
                AssertLegal(terms.From, text);
                AssertLegal(terms.To, text);
                Assert.True(terms.To is null || terms.To > terms.From, text);
            }
        }
    }

    [Fact]
    public void Piece_StaysWithinWhatAFileCanHave()
    {
        var read = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            var request = new DefaultHttpContext { Request = { Method = random.Next(2) == 0 ? "PUT" : "PATCH" } }.Request;
            Set("Content-Length", Number(random));
            Set("Content-Range", $"bytes {Number(random)}-{Number(random)}/{(random.Next(4) == 0 ? "*" : Number(random))}");
            Set("Upload-Offset", Number(random));
            Set("Upload-Length", Number(random));
            Set("Upload-Complete", random.Next(2) == 0 ? "?1" : "?0");

            if (DeclaredNumber.IsLengthRight(request) && UploadPiece.TryRead(request, out var piece, out _))
            {
                read++;
                AssertLegal(request.ContentLength, $"{text}");
                AssertLegal(piece.Offset, $"{text}");
                AssertLegal(piece.Length, $"{text}");
                AssertLegal(piece.End, $"{text}");
                Assert.True(!(piece.End < piece.Offset) && !(piece.Length < piece.End), $"{text}");
            }

            void Set(string name, string value)
            {
                if (random.Next(3) > 0)
                {
                    request.Headers[name] = value;
                    text.Append(CultureInfo.InvariantCulture, $"{name}: {value}; ");
                }
            }
        }

        Assert.InRange(read, Rounds / 100, Rounds);
    }

    private static void AssertLegal(long? number, string text)
        => Assert.True(number is null or (>= 0 and <= TransferDescription.LargestLength), $"{number} of '{text}'.");

    private static string Unit(Random random) => random.Next(6) switch { 0 => "octets", 1 => "BYTES", _ => "bytes" };

    private static string Number(Random random) => random.Next(4) switch
    {
        0 => Numbers[random.Next(Numbers.Length)],
        1 => string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => Letters[random.Next(Letters.Length)])),
        2 => string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => (char)('0' + random.Next(10)))),
        _ => random.Next(100).ToString(CultureInfo.InvariantCulture),
    };

    private static long Extreme(Random random) => random.Next(5) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue),
        1 => long.MaxValue - random.Next(3),
        2 => TransferDescription.LargestLength - 5 + random.Next(10),
        3 => random.Next(-2, 10),
        _ => random.NextInt64(TransferDescription.LargestLength),
    };
}
