using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>A large file through a small door: pieces no larger than a proxy before Beam lets through.</summary>
public sealed class ManyPiecesTests : UploadTests
{
    // BEAM_PIECES_MIB=300 runs it at full size.
    private static readonly int PieceBytes = Environment.GetEnvironmentVariable("BEAM_PIECES_MIB") is null ? 1_000_000 : 16 * 1024 * 1024;

    private static readonly int FileBytes = Environment.GetEnvironmentVariable("BEAM_PIECES_MIB") is { } mebibytes
        ? int.Parse(mebibytes, CultureInfo.InvariantCulture) * 1024 * 1024
        : 18_500_000;

    [Fact]
    [Trait("Rule", "P24")]
    public async Task LargeFile_ArrivesAsOneDownload_WhenItIsSentInPieces()
    {
        var server = await StartResumableServerAsync(http: static http => http.MaxAppendBytes = PieceBytes);
        using var folder = new TempFolder();
        var path = $"{server.Mint()}/large";
        var receiver = Curl("--fail", "-o", folder["large"], "-w", "%{num_connects} %{size_download}", server.Url(path));
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];

        for (var offset = 0; offset < FileBytes; offset += PieceBytes)
        {
            var length = Math.Min(PieceBytes, FileBytes - offset);
            TestBytes.Fill(25, offset, piece.AsSpan(0, length));
            sent.AppendData(piece, 0, length);
            using var answer = await SendAsync(
                server,
                HttpMethod.Put,
                path,
                piece[..length],
                ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{FileBytes}")));
            Assert.Equal(
                offset + length == FileBytes ? HttpStatusCode.OK : offset == 0 ? HttpStatusCode.Created : HttpStatusCode.NoContent,
                answer.StatusCode);
        }

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal($"1 {FileBytes}", receiver.OutputText);
        await using var received = System.IO.File.OpenRead(folder["large"]);
        Assert.Equal(sent.GetHashAndReset(), await SHA256.HashDataAsync(received));
    }
}
