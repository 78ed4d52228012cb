export const DEMO_AUTOMATION = 'demo-statement';

/** What an operator would write for `tank apply`; the demo applies exactly this. */
export const demoDefinitions = (databaseFile: string): string => `version: 1
source: demo-bank
kind: sqlite
url: ${JSON.stringify(databaseFile)}
---
version: 1
automation: ${DEMO_AUTOMATION}
organisation: demo
source: demo-bank
recipients:
  target: SELECT CUST_ID, EMAIL_ADDR, ATTACH_FILE FROM CUSTOMER WHERE STATUS = 'ACTIVE'
  key: CUST_ID
  email: EMAIL_ADDR
  keyPattern: '^[0-9]{10}$'
  recurrence: new
mappings:
  - name: CUSTOMER
    type: simple
    query: SELECT NAME, ACCOUNT_NO, BALANCE, MONTH FROM DETAIL WHERE CUST_ID = :CUST_ID
  - name: PRODUCT_LIST
    type: list
    query: SELECT PRODUCT_NAME, PRICE FROM PRODUCT WHERE CUST_ID = :CUST_ID ORDER BY PRODUCT_NAME
writeBack: UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID
mail:
  from: '탱크은행 <no-reply@example.com>'
  replyTo: help@example.com
  subject: '$(NAME) 고객님 $(MONTH) 거래명세서'
  html: |
    <!doctype html>
    <html lang="ko">
    <body style="font-family: sans-serif; color: #222">
      <p>$(NAME) 고객님, 안녕하세요. 탱크은행입니다.</p>
      <p>$(MONTH) 거래명세서를 보내 드립니다. 자세한 내용은 첨부 파일을 확인해 주십시오.</p>
      <p>계좌번호 $(ACCOUNT_NO)<br>잔액 <strong>$(BALANCE|number)원</strong></p>
      <table>
        <tr><th align="left">상품</th><th align="right">금액</th></tr>
        <!--LIST:PRODUCT_LIST-->
        <tr><td>$(PRODUCT_NAME)</td><td align="right">$(PRICE|number)원</td></tr>
        <!--ENDLIST-->
      </table>
    </body>
    </html>
  advertising: false
attachments:
  folder: '{root}/statement/{yyyyMMdd}'
  columns: [ATTACH_FILE]
  owner: '{CUST_ID}'
  faults: { unnamed: skip, notFound: skip, duplicated: stop, invalid: stop, wrongOwner: stop }
inDoubt: hold
`;
