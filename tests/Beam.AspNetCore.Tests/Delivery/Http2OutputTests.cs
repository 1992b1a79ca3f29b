using System.Buffers;
using System.IO.Pipelines;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Tests.Delivery;

public sealed class Http2OutputTests
{
    private static readonly byte[] Settings = Frame(type: 4, flags: 0, stream: 0, length: 6);
    private static readonly byte[] GoAway = Frame(type: 7, flags: 0, stream: 0, length: 8);

    private readonly Pipe _pipe = new();
    private readonly ObservedPipeWriter _connection;
    private readonly Http2Output _http2;

    public Http2OutputTests()
    {
        _connection = new ObservedPipeWriter(_pipe.Writer);
        _http2 = _connection.Http2;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    [Trait("Rule", "P2")]
    public async Task Position_IsWhereTheBodyEnds_HoweverItIsCutAndWhateverFollows(int pieceBytes)
    {
        await WriteAsync(Settings, pieceBytes);
        var stream = _http2.Follow(3);
        await WriteAsync([.. Headers(3), .. Data(3, 1000), .. Data(5, 500), .. Data(3, 234)], pieceBytes);
        var end = _connection.Bytes;

        await WriteAsync([.. GoAway, .. Data(5, 500)], pieceBytes);

        Assert.Equal(end, stream.PositionOf(1234, withEnd: false));
        Assert.Null(stream.PositionOf(1234, withEnd: true));
        Assert.Null(stream.PositionOf(1235, withEnd: false));
    }

    [Fact]
    public async Task Position_IncludesTheEnd_WhenItIsAskedFor()
    {
        await WriteAsync(Settings);
        var stream = _http2.Follow(1);
        await WriteAsync([.. Headers(1), .. Data(1, 10)]);
        await WriteAsync(Frame(type: 0, flags: 1, stream: 1, length: 0));
        var end = _connection.Bytes;

        await WriteAsync(GoAway);

        Assert.Equal(end - 9, stream.PositionOf(10, withEnd: false));
        Assert.Equal(end, stream.PositionOf(10, withEnd: true));
    }

    [Fact]
    public async Task Position_IsKnown_WhenTheHeadersAreAll()
    {
        await WriteAsync(Settings);
        var stream = _http2.Follow(1);

        await WriteAsync(Frame(type: 1, flags: 5, stream: 1, length: 30));

        Assert.Equal(_connection.Bytes, stream.PositionOf(0, withEnd: true));
    }

    [Fact]
    public async Task Position_IsUnknown_UntilFlushed()
    {
        await WriteAsync(Settings);
        var stream = _http2.Follow(1);
        _connection.Write(Data(1, 10));
        var before = stream.PositionOf(10, withEnd: false);

        await _connection.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Null(before);
        Assert.True(stream.Has(10, withEnd: false));
        Assert.Equal(_connection.Bytes, stream.PositionOf(10, withEnd: false));
    }

    [Fact]
    public async Task Position_IsThatBelow_WhenAnotherLayerStandsBetween()
    {
        var above = new Pipe();
        var http = new ObservedPipeWriter(above.Writer, _connection);
        http.Write(Settings);
        await http.FlushAsync(TestContext.Current.CancellationToken);
        var stream = http.Http2.Follow(1);
        http.Write(Data(1, 10));
        await WriteAsync(new byte[500]);

        await http.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(500, stream.PositionOf(10, withEnd: false));
    }

    [Fact]
    public async Task Progress_StandsStill_WhenOnlyOtherStreamsMove()
    {
        await WriteAsync(Settings);
        var stream = _http2.Follow(1);
        await WriteAsync(Data(1, 1000));
        var end = _connection.Bytes;
        await WriteAsync(Data(3, 1000));

        Assert.True(stream.Progress(new TcpInfo(end - 1, 0)) < stream.Progress(new TcpInfo(end, 0)));
        Assert.Equal(stream.Progress(new TcpInfo(end, 0)), stream.Progress(new TcpInfo(end + 500, 70_000)));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("\u0016\u0003\u0003\u0000\u007A\u0002\u0000\u0000\u0076")]
    public async Task Output_IsNotHttp2_WhenItIsSomethingElse(string text)
    {
        await WriteAsync(System.Text.Encoding.Latin1.GetBytes(text));

        Assert.False(_http2.IsHttp2);
    }

    private async Task WriteAsync(byte[] bytes, int pieceBytes = int.MaxValue)
    {
        foreach (var piece in bytes.Chunk(Math.Min(pieceBytes, bytes.Length)))
        {
            _connection.Write(piece);
        }

        await _connection.FlushAsync(TestContext.Current.CancellationToken);
        var read = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }

    private static byte[] Headers(byte stream) => Frame(type: 1, flags: 4, stream, length: 30);

    private static byte[] Data(byte stream, int length) => Frame(type: 0, flags: 0, stream, length);

    private static byte[] Frame(byte type, byte flags, byte stream, int length)
        => [0, (byte)(length >> 8), (byte)length, type, flags, 0, 0, 0, stream, .. new byte[length]];
}
