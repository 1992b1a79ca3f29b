using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>Every protocol on one side with every protocol on the other, with and without a known length.</summary>
public sealed class WirePairingTests : HttpTests
{
    private const int Size = 1_500_000;

    public static TheoryData<Wire, Wire, bool> Pairings { get; } = new(
        from sender in Enum.GetValues<Wire>()
        from receiver in Enum.GetValues<Wire>()
        from isLengthKnown in new[] { true, false }
        select (sender, receiver, isLengthKnown));

    [Theory]
    [MemberData(nameof(Pairings))]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P12")]
    public async Task Transfer_Arrives_BetweenAnyTwoProtocols(Wire sending, Wire receiving, bool isLengthKnown)
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var token = server.Mint();
        var receiver = Curl(receiving, "--fail", "-D", folder["head"], server.Url($"{token}/file", receiving));
        string[] body = isLengthKnown ? ["-T", folder.Write("file", TestBytes.Create(4, Size))] : ["-T", "-"];
        var options = new ClientProcessOptions { Input = isLengthKnown ? null : new PatternStream(4, Size) };

        var sender = Curl(options, [.. Switches(sending), "--fail", .. body, server.Url($"{token}/file", sending)]);

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal(-1, TestBytes.FindMismatch(4, 0, receiver.Output));
        Assert.Equal(Size, receiver.Output.Length);

        // HTTP/2 has no end of the connection to watch.
        var word = receiving is Wire.H2c or Wire.TlsHttp2 ? "sent" : "confirmed";
        Assert.StartsWith($"{word}: {Size} bytes to 1 receiver in ", sender.OutputText, StringComparison.Ordinal);
        var head = await File.ReadAllTextAsync(folder["head"]);
        Assert.Equal(isLengthKnown, head.Contains($"content-length: {Size}\r\n", StringComparison.OrdinalIgnoreCase));
    }
}
