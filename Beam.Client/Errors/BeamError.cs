namespace Beam.Client;

/// <summary>How an operation failed.</summary>
public enum BeamError
{
    /// <summary>The server answered with something that does not belong to the protocol.</summary>
    Unexpected,

    /// <summary>The connection broke, or something between refused to pass it on, and it could not be resumed in the time allowed for that.</summary>
    Broken,

    /// <summary>The token is unknown or expired, or there is no such transfer.</summary>
    NotFound,

    /// <summary>Minting asks for an access key, or for another one.</summary>
    Unauthorized,

    /// <summary>The token does not allow this.</summary>
    Forbidden,

    /// <summary>The request was not understood, such as a wish that the server does not fulfil.</summary>
    BadRequest,

    /// <summary>Somebody is sending under that name already.</summary>
    NameInUse,

    /// <summary>Somebody is receiving the file already.</summary>
    AlreadyReceiving,

    /// <summary>Another connection has taken this one's seat.</summary>
    Superseded,

    /// <summary>The transfer is over: delivered already, or ended for a reason that is not known any more.</summary>
    Gone,

    /// <summary>The transfer was cancelled.</summary>
    Cancelled,

    /// <summary>The token was revoked, has expired, or has been used as often as it may be.</summary>
    TokenEnded,

    /// <summary>The file is larger than the server allows.</summary>
    TooLarge,

    /// <summary>What would have to come next is not held by the server any more.</summary>
    RangeNotHeld,

    /// <summary>The server is full, shutting down, has too many waiting transfers in the channel, or has passed on as much for this side as it may for now. <see cref="BeamException.RetryAfter"/> says when to come again.</summary>
    Busy,

    /// <summary>The server has no room for the file.</summary>
    NoRoom,

    /// <summary>No receiver came in time.</summary>
    NoReceiver,

    /// <summary>No sender came in time.</summary>
    NoSender,

    /// <summary>The receiver broke off, or stood still for too long, and did not come back.</summary>
    ReceiverLost,

    /// <summary>The sender broke off, or stood still for too long, and did not come back.</summary>
    SenderLost,

    /// <summary>The bytes that arrived are not those that were sent.</summary>
    DigestMismatch,

    /// <summary>What is sent can be read only once, and the server wants bytes again that are not kept any more.</summary>
    NotReplayable,

    /// <summary>What is sent has ended before the length that it was said to have.</summary>
    SourceTooShort,

    /// <summary>Under this name is another transfer now, and what was begun cannot be begun anew.</summary>
    Replaced,

    /// <summary>There is not enough free space here for the file.</summary>
    NoLocalSpace,

    /// <summary>A file of that name exists here already.</summary>
    TargetExists,
}
